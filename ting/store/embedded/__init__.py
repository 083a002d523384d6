"""The embedded database: finds, starts, supervises and stops Ting's own mongod."""
