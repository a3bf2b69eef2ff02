import type { LocalService, System } from "@septet/local-stack";

/** What becomes of a movement's row on its way into the outbox. */
type Loss = "MARKED_AS_SENT" | "DELETED";

const BODY: Readonly<Record<Loss, string>> = {
  MARKED_AS_SENT: "NEW.published_at := clock_timestamp(); RETURN NEW;",
  DELETED: "RETURN NULL;",
};

/** Lets every movement of the SKU that is recorded during the work get lost before it is sent. */
export async function whileLosing(
  system: System,
  service: LocalService,
  sku: string,
  loss: Loss,
  work: () => Promise<unknown>,
): Promise<void> {
  await system.query(
    service,
    `CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${BODY[loss]} END $$;
     CREATE TRIGGER lose BEFORE INSERT ON outbox FOR EACH ROW WHEN (NEW.sku = '${sku}') EXECUTE FUNCTION lose();`,
  );
  try {
    await work();
  } finally {
    await system.query(service, "DROP TRIGGER lose ON outbox; DROP FUNCTION lose();");
  }
}
