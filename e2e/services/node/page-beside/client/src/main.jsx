import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';

function Tide() {
  const [high, setHigh] = useState('…');
  useEffect(() => {
    fetch('/api/tide').then((r) => r.json()).then((t) => setHigh(t.high));
  }, []);
  return <p>High water at {high}.</p>;
}

createRoot(document.getElementById('root')).render(<Tide />);
