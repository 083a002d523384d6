"""The private MongoDB: finding, starting, supervising and stopping a mongod of Ting's own."""
