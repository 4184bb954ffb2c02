CREATE TABLE "leadership" (
	"role" text PRIMARY KEY NOT NULL,
	"owner" integer,
	"since" timestamp (3) with time zone,
	"lease_until" timestamp (3) with time zone,
	"fence" bigint DEFAULT 0 NOT NULL
);
