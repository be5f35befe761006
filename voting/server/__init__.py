"""What stands between the network and the application: no thread of it ever waits for a peer."""
