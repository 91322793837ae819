"""What every service runs on. Import the module you need: this package itself loads nothing."""
