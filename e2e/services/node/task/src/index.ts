import { total, type Line } from './total.ts';

const lines: Line[] = [{ what: 'ink', cents: 450 }, { what: 'paper', cents: 800 }];
console.log(`total ${total(lines)}`);
