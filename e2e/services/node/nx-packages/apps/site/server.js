throw new Error('nobody starts this');
