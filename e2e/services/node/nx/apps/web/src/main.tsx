import { createRoot } from 'react-dom/client';
import { pence } from '@stall/money';

createRoot(document.getElementById('root') as HTMLElement).render(<p>Tea is {pence(120)}</p>);
