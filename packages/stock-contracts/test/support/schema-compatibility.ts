import avro from "avsc";

/** Avro as JSON, as far as our schemas use it. */
// biome-ignore lint/suspicious/noExplicitAny: a schema is any JSON until avsc has read it
type Json = any;

/**
 * Why two versions of a schema cannot live on one topic (FULL: each reads what the other wrote); empty when they can.
 * avsc says what cannot be read at all; the rest is what it reads, but reads as something else.
 */
export function incompatibilities(older: object, newer: object): string[] {
  return [
    ...unreadable("the new version cannot read what the old one wrote", newer, older),
    ...unreadable("the old version cannot read what the new one wrote", older, newer),
    ...changedMeanings(older, newer, ""),
    ...forbidden(newer, ""),
  ];
}

function unreadable(what: string, reader: object, writer: object): string[] {
  try {
    avro.Type.forSchema(reader as Json).createResolver(avro.Type.forSchema(writer as Json));
    return [];
  } catch (error) {
    return [`${what}: ${(error as Error).message}`];
  }
}

/** Fields that both versions have must mean the same: the type by name, the logical type, the default. */
function changedMeanings(older: Json, newer: Json, path: string): string[] {
  if (Array.isArray(older) || Array.isArray(newer)) {
    const branches = (union: Json) => JSON.stringify([union].flat().map(kindOf));
    if (branches(older) !== branches(newer)) return [`${path}: the union changed its branches`];
    return [older].flat().flatMap((branch, index) => changedMeanings(branch, [newer].flat()[index], path));
  }
  if (kindOf(older) !== kindOf(newer)) return [`${path}: ${kindOf(older)} became ${kindOf(newer)}`];
  if (older.type === "array") return changedMeanings(older.items, newer.items, `${path}[]`);
  if (older.type === "map") return changedMeanings(older.values, newer.values, `${path}{}`);
  if (older.type !== "record") return [];
  return older.fields.flatMap((field: Json) => {
    const same = newer.fields.find(({ name }: Json) => name === field.name);
    if (same === undefined) return [];
    const where = `${path}.${field.name}`;
    const defaultChanged = JSON.stringify(field.default) !== JSON.stringify(same.default);
    return [
      ...(defaultChanged ? [`${where}: the default changed, so old records read differently`] : []),
      ...changedMeanings(field.type, same.type, where),
    ];
  });
}

function kindOf(type: Json): string {
  if (typeof type === "string") return type;
  return [type.type, type.name, type.logicalType].filter((part) => part !== undefined).join(" ");
}

/** What a schema of ours never uses, because it cannot grow or changes the meaning of a name. */
function forbidden(type: Json, path: string): string[] {
  if (Array.isArray(type)) return type.flatMap((branch) => forbidden(branch, path));
  if (typeof type === "string")
    return ["bytes", "float", "double"].includes(type) ? [`${path}: ${type} is not used`] : [];
  if (type.type === "enum" || type.type === "fixed") return [`${path}: an Avro ${type.type} cannot grow, use a string`];
  const aliases = type.aliases === undefined ? [] : [`${path}: the registry does not follow aliases`];
  const inner = [type.items, type.values].filter((part) => part !== undefined).flatMap((part) => forbidden(part, path));
  const fields = (type.fields ?? []).flatMap((field: Json) => [
    ...(field.aliases === undefined ? [] : [`${path}.${field.name}: the registry does not follow aliases`]),
    ...forbidden(field.type, `${path}.${field.name}`),
  ]);
  return [...aliases, ...inner, ...fields];
}
