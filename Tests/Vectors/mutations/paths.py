"""Where the sources are."""

TERM, GZIP, REEL, JSON = "Sources/ExternalTerm", "Sources/GzipMembers", "Sources/Reel", "Sources/ReelJSON"
