"""The service that readers' comments are sent to, and the desk that decides on them."""
