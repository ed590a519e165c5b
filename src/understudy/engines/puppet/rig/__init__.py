"""The rig: layers as textured meshes that hang on bones."""
