import { ACCOUNTS, type Account, MOVEMENT_KINDS, type MovementKindDefinition, type Role } from "../../src/index.js";
import { type Catalogue, type MovingKind, movingVariants } from "./arbitraries.js";

export interface PlantedFault {
  readonly what: string;
  readonly kind: MovingKind;
  readonly variant: string;
  readonly catalogue: Catalogue;
}

type Signs = { readonly [A in Account]?: 1 | -1 };

/** The right-hand side and the left-hand side of the identity: a leg moved within one side changes nothing. */
const LEFT: ReadonlySet<Account> = new Set<Account>(["total", "inTransit", "virtual"]);

/** The catalogue with one leg wrong: every sign turned, every leg dropped, every leg on the other side's bucket. */
export function plantedFaults(): PlantedFault[] {
  return movingVariants(MOVEMENT_KINDS).flatMap(({ kind, variant }) => {
    const definition: MovementKindDefinition = MOVEMENT_KINDS[kind];
    const template = definition.variants[variant] ?? {};
    return (Object.keys(template) as Role[]).flatMap((role) => {
      const signs = template[role] as Signs;
      return (Object.keys(signs) as Account[]).flatMap((account) =>
        wrongSigns(signs, account).map(({ what, wrong }) => ({
          kind,
          variant,
          what: `${kind} ${variant}: ${what} at ${role}`,
          catalogue: {
            ...MOVEMENT_KINDS,
            [kind]: {
              ...definition,
              variants: { ...definition.variants, [variant]: { ...template, [role]: wrong } },
            },
          } as Catalogue,
        })),
      );
    });
  });
}

function wrongSigns(signs: Signs, account: Account): { what: string; wrong: Signs }[] {
  const { [account]: sign, ...others } = signs;
  const otherSide = ACCOUNTS.find((other) => LEFT.has(other) !== LEFT.has(account) && !(other in signs)) as Account;
  return [
    { what: `${account} with the wrong sign`, wrong: { ...signs, [account]: -(sign as number) as 1 | -1 } },
    { what: `${account} forgotten`, wrong: others },
    { what: `${otherSide} instead of ${account}`, wrong: { ...others, [otherSide]: sign } as Signs },
  ];
}
