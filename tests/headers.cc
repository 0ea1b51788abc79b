// Nothing of its own: what the tests precompile needs a source file.
