CREATE TABLE "recoveries" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "recoveries_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"backup_at" timestamp (3) with time zone NOT NULL,
	"lost_until" timestamp (3) with time zone NOT NULL,
	"begun_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "recovery_contacts" (
	"contact_id" uuid PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "recovery_sent" (
	"id" uuid PRIMARY KEY NOT NULL,
	"address" text,
	"message" text,
	"at" timestamp (3) with time zone,
	"proved" uuid
);
