import { render } from 'preact';
import './kit/styles/index.css';
import { startRefreshing } from './kit/refresh.js';
import { loadSession } from './kit/session.js';
import { applyTheme } from './kit/theme.js';
import { App } from './shell/app.js';

applyTheme();
startRefreshing();
void loadSession();
render(<App />, document.getElementById('app')!);
