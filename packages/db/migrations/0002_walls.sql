CREATE UNLOGGED TABLE "owner_storage" (
	"owner" text PRIMARY KEY NOT NULL,
	"bytes" bigint NOT NULL,
	"reserved_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE UNLOGGED TABLE "owner_turns" (
	"owner" text PRIMARY KEY NOT NULL,
	"next_start" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "api_keys" DROP CONSTRAINT "api_keys_scope";--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "expires_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "fair_start" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "cost_ms" integer;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "trace" text;--> statement-breakpoint
CREATE INDEX "jobs_fair" ON "jobs" USING btree ("fair_start","id","not_before") WHERE "jobs"."status" = 'uploaded' and "jobs"."deleted_at" is null;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_scope" CHECK ("api_keys"."scope" in ('read', 'write', 'admin'));