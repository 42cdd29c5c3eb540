"""The web desk: pages that a server makes, which work without a script and load nothing from outside."""
