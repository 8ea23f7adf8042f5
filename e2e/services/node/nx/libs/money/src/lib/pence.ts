/** Writes an amount as a price tag has it. */
export const pence = (amount: number) => `${(amount / 100).toFixed(2)} pounds`;
