package doctor

import "slices"

// Checks returns the table, in the order in which the checks run: what needs no other program first, then the database, then the running server and
// the ways to it.
func Checks() []Check {
	return slices.Concat(settingsChecks, dataChecks, machineChecks, databaseChecks, keyChecks, serverChecks, publicChecks)
}

var settingsChecks = []Check{
	{"settings", "the values of all settings", "A setting is invalid, so the server does not start.", "Correct it; docs/settings.md says what each may be.", settings},
	{"settings-unknown", "variables that look like settings", "A variable looks like a setting and is none, so it has no effect.", "Correct its name, or remove it.", unknownSettings},
	{"metrics-open", "who may read /metrics", "Everybody who reaches the server reads which models it calls and what they cost.", "Leave OPENLOOP_METRICS_OPEN out, and give Prometheus an API key.", openMetrics},
}

var dataChecks = []Check{
	{"data-directory", "the data directory", "The data directory cannot be used, so the server does not start.", "Let the account that runs the server write to it, or name another one in OPENLOOP_DATA_DIR.", dataDirectory},
	{"data-owner", "who else may read the data directory", "Other accounts of this machine may read the data directory, which holds Logs and the encryption key.", "Make it accessible to the account of the server alone: chmod 700.", dataOwner},
	{"data-space", "free space for the data directory", "The disk of the data directory is nearly full; without space calls fail.", "Make room, or have old Logs deleted with OPENLOOP_LOG_RETENTION.", dataSpace},
	{"data-file-system", "the file system of the data directory", "The data directory is on a file system that does not keep the database safe.", "Put it on a disk of this machine, as a volume if this is a container.", dataFileSystem},
	{"data-sync", "how long the disk takes to make data durable", "The disk is slow to make data durable, and each call waits for it.", "Use a faster disk, or set OPENLOOP_LOG_DURABILITY=relaxed if the last Logs may be lost in a crash.", dataSync},
}

var machineChecks = []Check{
	{"memory-limit", "the memory that the settings allow", "Request bodies and remembered answers may take more than half of the memory there is.", "Give the server more memory, or lower OPENLOOP_MAX_BODIES and OPENLOOP_CACHE_MEMORY.", memoryLimit},
	{"memory-gomemlimit", "GOMEMLIMIT", "GOMEMLIMIT is more than the container may have, so the kernel ends the server before it saves memory.", "Set GOMEMLIMIT to nine tenths of the container's memory, or leave it out.", goMemoryLimit},
	{"open-files", "the limit of open files", "The server may open few files, and each connection is one.", "Raise the limit: LimitNOFILE of the unit, or ulimit -n.", openFiles},
}

var databaseChecks = []Check{
	{"database-open", "whether the database can be opened", "The database cannot be opened, so the server does not start.", "See what is found, and correct OPENLOOP_DATABASE_URL or the database.", databaseOpen},
	{"database-version", "the version of PostgreSQL", "PostgreSQL is older than the server supports.", "Move to PostgreSQL 14 or newer.", databaseVersion},
	{"database-writable", "whether the database can be written", "The database can only be read: it is a standby, or set to read only.", "Name the primary in OPENLOOP_DATABASE_URL.", databaseWritable},
	{"database-rights", "what the user may do in the database", "The user may not make or change tables, so the server does not start or does not upgrade.", "Make the user the owner of the schema and its tables.", databaseRights},
	{"database-encryption", "the connection to the database", "The connection to the database is not encrypted, and leads to another machine.", "Add sslmode=verify-full to OPENLOOP_DATABASE_URL.", databaseEncryption},
	{"database-latency", "how fast the database answers", "The database is far away, and each call waits for it several times.", "Run the server in the same zone as the database.", databaseLatency},
	{"database-connections", "the connections that PostgreSQL allows", "All replicas together may open more connections than PostgreSQL allows.", "Raise max_connections, or lower pool_max_conns in OPENLOOP_DATABASE_URL.", databaseConnections},
	{"database-pooler", "whether a pooler stands between", "A pooler stands between the server and PostgreSQL; locks and notifications need a connection of their own.", "Set OPENLOOP_DATABASE_DIRECT_URL to an address of PostgreSQL itself.", databasePooler},
	{"database-listen", "whether notifications arrive", "Notifications of the database do not arrive, so replicas learn of each other's changes late.", "Set OPENLOOP_DATABASE_DIRECT_URL to an address of PostgreSQL itself.", databaseListen},
	{"database-clock", "the clocks of this machine and the database", "The clocks of this machine and the database differ.", "Set both by NTP.", databaseClock},
	{"database-migrations", "the migrations of the database", "This program may not run on the database as it is.", "Use the newer program, or a backup from before the upgrade.", databaseMigrations},
}

var keyChecks = []Check{
	{"encryption-key", "whether the encryption key fits what is stored", "The encryption key does not open the stored keys of providers, so the server does not start.", "Give the key back that sealed them, in OPENLOOP_ENCRYPTION_KEY or as encryption.key in the data directory.", encryptionKey},
	{"encryption-key-place", "where the encryption key is", "The encryption key is a file of this machine, and other replicas on the database cannot read it.", "Put the content of encryption.key into OPENLOOP_ENCRYPTION_KEY of every replica.", encryptionKeyPlace},
	{"provider-keys", "whether the keys of providers work", "A provider does not accept its key.", "Store a new one: openloop provider-keys set PROVIDER.", providerKeys},
	{"telemetry", "whether the OTLP endpoint answers", "Traces or metrics do not reach the receiver that OTEL_EXPORTER_OTLP_ENDPOINT names.", "Start the receiver, or correct the variables.", telemetry},
}

var serverChecks = []Check{
	{"address", "the address that the server listens on", "The server cannot listen on OPENLOOP_ADDR.", "End the program that listens there, or choose another address or port.", address},
	{"server-ready", "whether the server is ready", "The server runs, and cannot serve calls.", "See what it answers, and its log.", serverReady},
	{"server-version", "the version of the server", "The server that runs is another version than this program.", "Restart it with the program that is installed.", serverVersion},
	{"server-key", "whether the server takes OPENLOOP_API_KEY", "The server does not accept the API key in OPENLOOP_API_KEY.", "Make a key: openloop keys create NAME.", serverKey},
}

var publicChecks = []Check{
	{"public-url", "whether the public URL leads to the server", "OPENLOOP_PUBLIC_URL does not lead to the server.", "Correct it, or the proxy in front.", publicURL},
	{"public-url-secure", "whether the public URL is encrypted", "The public URL is plain HTTP, so API keys and sessions can be read on the way.", "Put TLS in front, and write https:// in OPENLOOP_PUBLIC_URL.", publicURLSecure},
	{"tls-expiry", "how long the certificate is valid", "The certificate of the public URL is no longer valid, or soon will not be.", "Renew it, and see that this happens by itself.", tlsExpiry},
	{"tls-name", "the names in the certificate", "The certificate of the public URL is for other names.", "Have one made for the host of OPENLOOP_PUBLIC_URL.", tlsName},
	{"tls-chain", "who signed the certificate", "The certificate of the public URL is signed by nobody whom this machine trusts, or an intermediate is missing.", "Serve the whole chain, or install the root where clients run.", tlsChain},
	{"proxy-streams", "whether streams pass the proxy as they come", "Something between the public URL and the server holds streams back until they end.", "Turn buffering and compression of event streams off in the proxy: proxy_buffering off in nginx.", proxyStreams},
}
