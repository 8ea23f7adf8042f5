export { pence } from './lib/pence';
