import './kit/styles/index.css';
import { render } from 'preact';
import { startRefreshing } from './kit/refresh.js';
import { loadSession } from './kit/session.js';
import { applyTheme } from './kit/theme.js';
import { App } from './shell/app.js';
import { preloadPage } from './shell/page-list.js';

applyTheme();
startRefreshing();
void loadSession();
// Beside the question who is here, not after it.
preloadPage(location.pathname);
render(<App />, document.getElementById('app')!);
