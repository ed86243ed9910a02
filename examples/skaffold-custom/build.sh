# Makes $IMAGE with the `docker` command, and pushes it if Slipway says so.
set -eu
docker build --quiet --tag "$IMAGE" --build-arg RELEASE="$1" "$BUILD_CONTEXT"
if [ "$PUSH_IMAGE" = true ]; then docker push "$IMAGE"; fi
