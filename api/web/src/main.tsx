import './theme.css';
import './planner/map.css';
import './planner/measure.css';
import './planner/panels.css';
import './planner/planner.css';
import './planner/redraw.css';
import './planner/compare.css';
import {render} from 'preact';
import {App} from './planner/App';

const root = document.getElementById('app');
if (root) render(<App />, root);
