"""What the Makefile runs before and beside the program: bootstrap, Debian packages, benchmark."""
