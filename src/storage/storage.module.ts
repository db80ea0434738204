import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from '../config/settings.js';
import type { Connections } from './connections.js';
import type { Mysql } from './mysql/mysql.js';
import { selectProjects } from './postgres/accounts/select-projects.js';
import type { Database } from './postgres/database.js';
import { PostgresAccessModule } from './postgres/postgres-access.module.js';
import { PostgresModule } from './postgres/postgres.module.js';

/** The databases behind the ports of core: PostgreSQL, and for access entries what ACCESS_STORE says. */
@Module({})
export class StorageModule {
  static register({ postgres, mysql }: Connections, config: Config): DynamicModule {
    return {
      module: StorageModule,
      imports: [
        PostgresModule.register(postgres),
        mysql === null
          ? PostgresAccessModule.register(postgres, config)
          : mysqlModule(mysql, postgres, config),
      ],
    };
  }
}

async function mysqlModule(mysql: Mysql, postgres: Database, config: Config): Promise<DynamicModule> {
  const { MysqlModule } = await import('./mysql/mysql.module.js');
  return MysqlModule.register(mysql, config, () => selectProjects(postgres.query));
}
