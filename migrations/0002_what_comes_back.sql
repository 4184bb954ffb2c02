CREATE TABLE "reports" (
	"id" text PRIMARY KEY NOT NULL,
	"message_id" uuid,
	"channel" text NOT NULL,
	"address" text NOT NULL,
	"kind" text NOT NULL,
	"class" text,
	"status" text,
	"diagnostic" text,
	"source" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "touches" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "touches_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"message_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"link" integer,
	"at" timestamp (3) with time zone NOT NULL,
	"ip" text NOT NULL,
	"user_agent" text NOT NULL,
	"machine" text NOT NULL,
	"sign" text NOT NULL,
	CONSTRAINT "touches_link" CHECK ((kind = 'open') = (link is null))
);
--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "links" text[];--> statement-breakpoint
CREATE INDEX "reports_address" ON "reports" USING btree ("channel","address","at");--> statement-breakpoint
CREATE INDEX "reports_message" ON "reports" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "touches_message" ON "touches" USING btree ("message_id","at");