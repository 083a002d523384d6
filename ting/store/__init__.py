"""The database: one module per collection or group of collections. Only this package uses MongoDB."""
