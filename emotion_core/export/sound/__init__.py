"""What is heard in a scene, as tables and as text from one moment to another."""
