#!/bin/sh -e
# Starts the server of the image that this runs in, and asks it for its pages.
httpd -p 127.0.0.1:8080 -h /www
page() { wget -q -O - "http://127.0.0.1:8080/$1"; }

page version | grep -Fxq "$1" && echo "ok: the version"
[ "$TESTS" = quick ] || { page index.html | grep -q "It works" && echo "ok: the page"; }
