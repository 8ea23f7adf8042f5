import { Injectable } from '@nestjs/common';

@Injectable()
export class AppService {
  seasons(): string[] {
    return ['sowing', 'growing', 'harvest', 'rest'];
  }
}
