"""Image operations on masks and colours that casting is built from."""
