import '../theme.css';
import '../planner/map.css';
import '../public/public.css';
import './phone.css';
import {render} from 'preact';
import {App} from './App';

const root = document.getElementById('app');
if (root) render(<App />, root);
