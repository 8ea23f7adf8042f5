import PQueue from 'p-queue';

const queue = new PQueue({ concurrency: 1 });
const timer = setInterval(() => queue.add(() => console.log('sent a letter of', process.argv[3])), 200);
process.on('SIGTERM', () => clearInterval(timer));
