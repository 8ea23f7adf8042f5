throw new Error('nobody builds this');
