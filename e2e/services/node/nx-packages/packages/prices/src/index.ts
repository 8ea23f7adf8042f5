const pence: Record<string, number> = { tea: 120, bread: 240 };

/** What a price tag says. */
export const price = (name: string) => `${(pence[name] / 100).toFixed(2)} pounds`;
