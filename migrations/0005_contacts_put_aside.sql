CREATE TABLE "put_aside" (
	"contact_id" uuid PRIMARY KEY NOT NULL,
	"because" text NOT NULL,
	"attempts" integer NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"retry_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE INDEX "put_aside_since" ON "put_aside" USING btree ("since","contact_id");