// openAccessStores() and startServer() keep access entries in the MariaDB of TEST_MYSQL_URL.
process.env.TEST_ACCESS_STORE = 'mysql';
