package main

import "fmt"

// The linker sets it.
var who = "nobody"

func main() {
	fmt.Printf("hello, %s\n", who)
}
