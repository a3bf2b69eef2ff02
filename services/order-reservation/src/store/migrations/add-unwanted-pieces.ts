import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * What a shopper cancelled at the warehouse belongs to the line: whichever fulfilment gives a piece back serves it. It
 * stood with the single requests before; those under way are added up.
 */
export class AddUnwantedPieces1764200000000 implements MigrationInterface {
  readonly name = "AddUnwantedPieces1764200000000";

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE order_line ADD COLUMN unwanted int NOT NULL DEFAULT 0 CHECK (unwanted >= 0)");
    await runner.query(`
      UPDATE order_line l SET unwanted = pending.pieces
      FROM (SELECT a.order_id, a.line_id, sum((ask ->> 'forShopper')::int) AS pieces
            FROM allocation a CROSS JOIN LATERAL jsonb_array_elements(a.asks) AS ask
            WHERE a.asks IS NOT NULL AND ask ? 'forShopper' GROUP BY a.order_id, a.line_id) AS pending
      WHERE l.order_id = pending.order_id AND l.line_id = pending.line_id AND pending.pieces > 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE order_line DROP COLUMN unwanted");
  }
}
