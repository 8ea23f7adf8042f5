throw new Error('a test is not part of the program');
