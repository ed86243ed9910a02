#!/bin/sh
# Slipway runs this with IMAGE, the image with its tag.
echo "testing $IMAGE in $TEST_CONTEXT"
case $IMAGE in
  *greeter*:?*) ;;
  *) echo "no tag: $IMAGE" >&2; exit 1 ;;
esac
