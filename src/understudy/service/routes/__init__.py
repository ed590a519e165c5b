"""The paths of the service, one module for each part of the contract."""
