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
--> statement-breakpoint
CREATE INDEX "segment_moves_at" ON "segment_moves" USING brin ("at");--> statement-breakpoint
CREATE INDEX "stage_moves_at" ON "stage_moves" USING brin ("at");--> statement-breakpoint
CREATE INDEX "events_received" ON "events" USING brin ("received_at");--> statement-breakpoint
CREATE INDEX "messages_owed" ON "messages" USING brin ("owed_at");--> statement-breakpoint
CREATE INDEX "reports_at" ON "reports" USING brin ("at");--> statement-breakpoint
CREATE INDEX "touches_at" ON "touches" USING brin ("at");--> statement-breakpoint
CREATE INDEX "calls_owed" ON "calls" USING brin ("owed_at");--> statement-breakpoint
CREATE INDEX "runs_entered" ON "runs" USING brin ("entered_at");