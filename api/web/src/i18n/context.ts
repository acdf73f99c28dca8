import {createContext} from 'preact';
import {useContext} from 'preact/hooks';
import {words} from './words';

/** The language every component below speaks. */
export const WordsContext = createContext(words('zh-CN'));
export const useWords = () => useContext(WordsContext);
