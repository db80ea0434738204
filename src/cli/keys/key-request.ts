import { CreateKeyRequest } from '../../auth/key.dto.js';
import { validatedBody } from '../../http/query/validated-body.pipe.js';

export interface KeyOptions {
  name: string;
  project: string;
  scopes: string;
  expiresAt?: string;
  rateLimit?: string;
  selfRotate?: boolean;
}

/** Flags as the request that the route takes, held to the same rules. @throws SightlineError `validation_error` */
export function keyRequest(options: KeyOptions): Promise<CreateKeyRequest> {
  const request = {
    name: options.name,
    project: options.project,
    scopes: options.scopes.split(/[,+]/).map((scope) => scope.trim()),
    expires_at: options.expiresAt,
    rate_limit_per_minute: options.rateLimit === undefined ? undefined : Number(options.rateLimit),
    self_rotate: options.selfRotate,
  };
  return validatedBody.transform(request, {
    type: 'body',
    metatype: CreateKeyRequest,
  }) as Promise<CreateKeyRequest>;
}
