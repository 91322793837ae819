"""What people see and may end of their own sign-ins."""
