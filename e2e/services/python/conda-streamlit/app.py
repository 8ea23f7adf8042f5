import streamlit as st

st.title("Tides")
st.line_chart([1, 3, 4, 2, 0, 1])
