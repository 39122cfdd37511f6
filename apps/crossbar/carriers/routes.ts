// The numbers that a rate is for, where nobody says: those that begin with its prefix.

/** The fields of a rate with `routes` filled in. */
export function withRoutes(fields: Record<string, unknown>): Record<string, unknown> {
  const { routes, prefix } = fields;
  const isSet = Array.isArray(routes) && routes.length > 0;
  return isSet ? fields : { ...fields, routes: [`^\\+?${String(prefix)}.+$`] };
}
