# The image has its own name in the page.
set -eu
echo "<p>$SKAFFOLD_IMAGE_TAG by $(cat author)</p>" > page.html
