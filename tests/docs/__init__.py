"""What the documents and the packaging promise. `pages` runs the commands of a page as a reader would."""
